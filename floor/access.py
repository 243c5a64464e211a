"""Who may do what with tablets, badges and conflicts: whoever plans at the site, for its operator."""

from typing import Any

from sites.access import PLANNERS, Access, Role, require
from sites.models import Site

# A partner runs the floor of his own site.
SUPERVISORS = PLANNERS | {Role.PARTNER}


def require_supervisor(actor: Any, site: Site) -> None:
    """Refuse who may not run the floor of this site.

    :raises NotFound: when he may not even see it.
    :raises Forbidden: when he may see it alone.
    """
    require(actor, company_id=site.company_id, site_id=site.pk, roles=SUPERVISORS, by_operator=True)


def may_supervise(access: Access, site: Site) -> bool:
    """The same as a question."""
    return access.has_role(SUPERVISORS, company_id=site.company_id, site_id=site.pk, by_operator=True)
