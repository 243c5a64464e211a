# One image for web, workers and beat; docker-compose.yml says which of them a container is.

FROM node:24-slim AS assets
WORKDIR /frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend/ ./
RUN npm run build

FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONPATH=/app DJANGO_SETTINGS_MODULE=mfg.settings \
    MFG_HOME=/var/lib/mfg STATIC_ROOT=/app/static MALLOC_ARENA_MAX=2
RUN useradd --system --uid 10001 mfg && install -d -o mfg -g mfg -m 0700 /var/lib/mfg
WORKDIR /app
COPY requirements/base.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY . .
COPY --from=assets /frontend/dist frontend/dist
RUN python -m django collectstatic --noinput --verbosity 0
USER mfg
EXPOSE 8000
CMD ["python", "-m", "launcher.commands", "web"]
