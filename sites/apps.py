from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "sites"

    def ready(self) -> None:
        from core.access import register_scope_loader
        from sites.access import scope
        from sites.web import navigation
        from sites.web.navigation import NETWORK

        register_scope_loader(scope)
        navigation.register(NETWORK)
