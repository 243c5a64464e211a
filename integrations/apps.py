from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from core.access import register_token_loader
        from integrations.selectors import user_of_token

        register_token_loader(user_of_token)
