"""The files of an AdventureWorks export, as lists of rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from integrations.imports.framework.errors import UnreadableFile
from integrations.imports.framework.reading import open_table

Row = Mapping[str, str]

_NO_CODE = re.compile(r"[^0-9A-Za-z._-]")

# File → the columns that are used of it.
_COLUMNS = {
    "product": (
        *("productid", "name", "productnumber", "makeflag", "finishedgoodsflag", "color", "safetystocklevel"),
        *("reorderpoint", "standardcost", "listprice", "size", "sizeunitmeasurecode", "weightunitmeasurecode"),
        *("weight", "daystomanufacture", "productsubcategoryid"),
    ),
    "productsubcategory": ("productsubcategoryid", "productcategoryid", "name"),
    "productcategory": ("productcategoryid", "name"),
    "unitmeasure": ("unitmeasurecode", "name"),
    "billofmaterials": (
        *("productassemblyid", "componentid", "startdate", "enddate"),
        *("unitmeasurecode", "perassemblyqty"),
    ),
    "location": ("locationid", "name", "costrate"),
    "productinventory": ("productid", "locationid", "quantity"),
    "vendor": ("businessentityid", "accountnumber", "name", "creditrating", "preferredvendorstatus", "activeflag"),
    "productvendor": (
        *("productid", "businessentityid", "averageleadtime", "standardprice", "lastreceiptcost"),
        *("lastreceiptdate", "minorderqty", "maxorderqty", "unitmeasurecode"),
    ),
    "purchaseorderheader": ("purchaseorderid", "status", "vendorid", "orderdate", "shipdate"),
    "purchaseorderdetail": (
        *("purchaseorderid", "duedate", "orderqty", "productid"),
        *("unitprice", "receivedqty", "rejectedqty"),
    ),
}


@dataclass(frozen=True)
class Source:
    """The rows of each file, cells without blanks around them, and what is looked up in them again and again."""

    files: Mapping[str, Sequence[Row]]

    def __getitem__(self, name: str) -> Sequence[Row]:
        return self.files[name]

    @cached_property
    def sku(self) -> dict[str, str]:
        """The product number of each product id."""
        return {row["productid"]: row["productnumber"] for row in self["product"]}

    @cached_property
    def vendor(self) -> dict[str, str]:
        """The account number of each vendor id, as a code: what a code can't hold (G&KBI0001) is a dash."""
        return {row["businessentityid"]: _NO_CODE.sub("-", row["accountnumber"]) for row in self["vendor"]}

    @cached_property
    def stocking_unit(self) -> dict[str, str]:
        """The unit that the bills measure a product in, by product id; EA where no bill uses it.

        :raises UnreadableFile: when two rows measure one product in two units.
        """
        units: dict[str, str] = {}
        for row in self["billofmaterials"]:
            unit = units.setdefault(row["componentid"], row["unitmeasurecode"])
            if unit != row["unitmeasurecode"]:
                sku = self.sku.get(row["componentid"], row["componentid"])
                raise UnreadableFile(f"billofmaterials.csv measures {sku} in {unit} and in {row['unitmeasurecode']}.")
        return {product_id: units.get(product_id, "EA") for product_id in self.sku}


def read(folder: Path) -> Source:
    """All files that are used, read into memory (a few megabytes).

    :raises UnreadableFile: naming the file that is missing or lacks a column.
    """
    if not folder.is_dir():
        raise UnreadableFile(f"There is no folder {folder}.")
    return Source({name: _read(folder / f"{name}.csv", columns) for name, columns in _COLUMNS.items()})


def _read(path: Path, columns: Sequence[str]) -> list[Row]:
    try:
        with path.open("rb") as file:
            table = open_table(file)
            if missing := [column for column in columns if column not in table.columns]:
                raise UnreadableFile(f"It has no column {', '.join(missing)}.")
            return [_row(path, table.columns, number, cells) for number, cells in table.rows]
    except OSError as error:
        raise UnreadableFile(f"{path.name} can't be read: {error.strerror}.") from None
    except UnreadableFile as error:
        raise UnreadableFile(f"{path.name}: {error.message}") from None


def _row(path: Path, columns: Sequence[str], number: int, cells: Sequence[str]) -> Row:
    if len(cells) != len(columns):
        raise UnreadableFile(f"Row {number} has {len(cells)} cells, the first row {len(columns)}.")
    return {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
