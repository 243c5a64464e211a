"""Taking the demo out of a database that holds nothing else."""

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q

from core.errors import DomainError
from integrations import tables
from integrations.demo import parties, users
from sites.models import Company, Site

# Units are there after `migrate`, whatever company comes.
_KEPT = {"inventory_unitofmeasure"}


class HoldsOtherData(DomainError):
    """There is more in this database than the demo; `found` names some of it."""

    code = "holds_other_data"


def remove() -> None:
    """Empty every table of ours and delete the demo's users, in one transaction.

    The ledgers refuse deletes, so the tables are truncated: nobody else may work in the database meanwhile.

    :raises HoldsOtherData: naming companies or sites that are not the demo's; nothing was changed.
    """
    with transaction.atomic():
        if names := _others():
            raise HoldsOtherData(
                f"This database holds more than the demo ({', '.join(names)}); nothing was removed.", found=names
            )
        # Nothing may wait to be checked when a table is truncated.
        connection.check_constraints()
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {tables.names(but=_KEPT)} RESTART IDENTITY CASCADE")
        get_user_model()._default_manager.filter(username__in=users.NAMES).delete()


def _others() -> list[str]:
    """Sites that are not the demo's, and companies that own, make or store and are not in it."""
    codes = [code for code, *_ in parties.COMPANIES]
    worker = Q(is_own=True) | Q(is_contract_manufacturer=True) | Q(is_logistics_provider=True)
    companies = Company.objects.filter(worker).exclude(code__in=codes)
    sites = Site.objects.exclude(code__in=list(parties.SITES), company__code__in=codes)
    found = [*companies.values_list("code", flat=True), *sites.values_list("code", flat=True)]
    return sorted(set(found))[:5]
