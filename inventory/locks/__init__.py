"""The one home of inventory's locks; order: documents, balances, cost pools."""
