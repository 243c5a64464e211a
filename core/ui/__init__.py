"""How things look, decided once: words and colors of states, formats, and the geometry of our drawings. No queries."""
