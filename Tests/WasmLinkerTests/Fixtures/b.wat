;; A library that needs another one.
(module
  (@dylink.0 (mem-info (memory 16 2) (table 0 0)) (needed "liba.so"))
  (type $unary (func (param i32) (result i32)))
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table 0 funcref))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "a_add" (func $add (param i32 i32) (result i32)))
  (import "GOT.mem" "a_data" (global $a_data (mut i32)))
  (data (global.get $base) "\00\00\00\00\00\00\00\00")
  (func (export "__wasm_apply_data_relocs") (i32.store offset=4 (global.get $base) (global.get $a_data)))
  ;; Fails unless a.so has been constructed: its flag is 16 bytes after its data.
  (func (export "__wasm_call_ctors")
    (if (i32.ne (i32.load offset=16 (global.get $a_data)) (i32.const 1)) (then (unreachable)))
    (i32.store (global.get $base) (i32.const 1000)))
  (func (export "B_run") (type $unary)
    (call $add (i32.load (i32.load offset=4 (global.get $base))) (i32.load (global.get $base)))))
