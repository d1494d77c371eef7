"""Which order line does an invoice line charge? One joint answer for a whole invoice, with ties kept as ties."""
