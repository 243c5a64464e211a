import os
import re

import pytest
import yaml

from launcher import commands
from launcher.product import Options, Product
from launcher.servers import INITDB_OPTIONS, VALKEY_OPTIONS
from tests.runtime.helpers import ROOT

PROCESSES = ["web", "beat", *(worker.name for worker in commands.WORKERS)]


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


@pytest.fixture
def product(tmp_path, monkeypatch):
    for name in ("HOST", "PORT", "WEB_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    return Product(Options(tmp_path, "0.0.0.0", 8000, "postgresql://x/mfg", "redis://x/0", wants_demo=False))


def test_every_process_of_the_launcher_is_a_service(services):
    assert set(services) == {"postgres", "redis", "migrate", *PROCESSES}


@pytest.mark.parametrize("name", PROCESSES)
def test_a_service_starts_what_the_launcher_starts(services, product, name, monkeypatch):
    for variable, value in services[name]["environment"].items():
        monkeypatch.setenv(variable, str(value))
    assert services[name]["command"] == ["python", "-m", "launcher.commands", name]
    became = []
    monkeypatch.setattr(os, "execv", lambda path, arguments: became.append(arguments))
    monkeypatch.setattr("sys.argv", ["launcher.commands", name])
    commands.main()
    assert became == [product._program(name).arguments]


@pytest.mark.parametrize("name", PROCESSES)
def test_a_service_has_the_variables_that_the_launcher_gives(services, product, name):
    in_the_image = set(re.findall(r"\b([A-Z][A-Z_]+)=", (ROOT / "Dockerfile").read_text()))
    given = set(product.environment) - set(os.environ) | {"DATABASE_URL", "REDIS_URL", "HOST", "PORT", "MFG_HOME"}
    assert given <= set(services[name]["environment"]) | in_the_image


def test_no_variable_is_given_that_nobody_reads(services):
    sources = [ROOT / "mfg" / "settings.py", *(ROOT / "launcher").glob("*.py")]
    read = "".join(path.read_text() for path in sources)
    assert [name for name in services["web"]["environment"] if f'"{name}"' not in read] == []


def test_the_published_port_is_the_one_the_web_listens_on(services):
    assert services["web"]["ports"] == [f"${{PORT:-8000}}:{services['web']['environment']['PORT']}"]
    assert services["web"]["environment"]["PORT"] == str(commands.DEFAULT_PORT)


def test_the_workers_are_stopped_as_the_launcher_stops_them(services):
    for worker in commands.WORKERS:
        assert services[worker.name]["stop_signal"] == commands.WORKER_STOP_SIGNAL.name


def test_the_servers_have_the_launchers_options(services):
    assert services["redis"]["command"] == ["valkey-server", *VALKEY_OPTIONS]
    assert services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split() == list(INITDB_OPTIONS)


def test_everything_that_stays_has_a_health_check(services):
    assert [name for name, service in services.items() if name != "migrate" and not service.get("healthcheck")] == []


def test_secrets_come_from_outside(services):
    text = (ROOT / "docker-compose.yml").read_text()
    assert re.findall(r"(?:SECRET_KEY|POSTGRES_PASSWORD): (?!\$\{)", text) == []
