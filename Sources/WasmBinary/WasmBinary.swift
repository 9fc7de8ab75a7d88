// Placeholder until the first file of WasmBinary lands.
