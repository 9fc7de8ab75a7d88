// Placeholder until the first file of Support lands.
