"""Reading rows from a file, checking them cell by cell, and handing them to the noun that writes them.

Reading, mapping and checking (`reading`, `mapping`, `fields`) are pure: bytes in, checked rows or errors out, no
database. `running` brings them together with an importer, in one transaction.
"""
