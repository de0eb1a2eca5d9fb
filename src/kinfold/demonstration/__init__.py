"""Makes the demonstration council's deliveries and keeps the truth aside."""
