;; A library for functions that the tests make large.
(module
  (@dylink.0 (mem-info (memory 0 0) (table 0 0)))
  (type $unary (func (param i32) (result i32)))
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table 0 funcref))
  ;; 10 · 3 by slot 2, and 10 · 2 by slot 3, two calls down
  (func $large (export "L_run") (type $unary)
    (i32.add (call_indirect (type $unary) (local.get 0) (i32.const 2)) (call $small (local.get 0))))
  (func $small (type $unary) (call $smaller (local.get 0)))
  (func $smaller (type $unary) (call_indirect (type $unary) (local.get 0) (i32.const 3)))
  (func $unrelated (export "L_unrelated") (type $unary) (call_indirect (type $unary) (local.get 0) (i32.const 2))))
