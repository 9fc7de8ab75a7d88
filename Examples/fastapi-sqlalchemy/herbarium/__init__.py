"""A herbarium: specimens, photographs and field notes."""
