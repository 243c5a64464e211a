"""Reading: recipes, explosions, orders."""
