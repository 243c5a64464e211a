"""What the services of all orders do alike: numbers, parties, blocks, changes of lines, closing short."""
