"""The same file sent twice at once is written once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from sales.models import SalesOrder
from sales.services import customers
from tests.cast import Cast
from tests.integrations.importing import counts, load


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_make_one_order(committed_cast: Cast) -> None:
    customers.create(company=committed_cast.maker, code="SHOP", actor=None)
    data = "reference,customer,site,item,quantity\n" + "".join(f"W-{n},SHOP,TLL,TABLE,1\n" for n in range(50))

    def send(_: int) -> tuple[int, int, int, int]:
        try:
            return counts(load("sales-orders", data, company=committed_cast.maker))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(send, range(4)))

    assert outcomes == [(0, 0, 50, 0), (0, 0, 50, 0), (0, 0, 50, 0), (50, 0, 0, 0)]
    assert SalesOrder.objects.count() == 50
