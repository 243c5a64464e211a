"""What happens on the shop floor."""
