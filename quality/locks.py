"""The one home of quality's locks. A check's lock guards its results; taken before the document's."""

from core.errors import NotFound
from quality.models import QualityCheck


def lock_check(check_id: int) -> QualityCheck:
    """Lock a check, with plan, site, item and lot read along.

    :raises NotFound: when there is none.
    """
    check = (
        QualityCheck.objects.select_for_update(no_key=True, of=("self",))
        .select_related("plan", "site", "item__unit", "lot", "company")
        .filter(pk=check_id)
        .first()
    )
    if check is None:
        raise NotFound("There is no such check.")
    return check
