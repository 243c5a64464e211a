"""AdventureWorks, a bicycle maker, as its sample database exports it: the first real company to load.

`source` reads the CSV files, `rows_*` say what they mean in rows of our importers (plain values in, plain values out),
`loading` runs the importers in one transaction. `docs/importing.md` has the choices made.
"""
