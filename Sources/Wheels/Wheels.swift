// Placeholder until the first file of Wheels lands.
