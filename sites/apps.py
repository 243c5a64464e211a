from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "sites"

    def ready(self) -> None:
        from core.access import register_scope_loader
        from sites.access import scope

        register_scope_loader(scope)
