"""The functional core of inventory: plain values in, plain values out."""
