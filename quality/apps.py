from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "quality"

    def ready(self) -> None:
        from inventory.services import undo
        from production.selectors import attachments
        from quality import handlers, invariants, navigation, selectors
        from quality.choices import QUALITY_CHECK
        from quality.services import checks

        undo.register(QUALITY_CHECK, checks.undo_posting)
        attachments.register("quality checks", selectors.photos)
        handlers.register()
        invariants.register()
        navigation.register()
