"""Reading: places, stock, levels, registers."""
