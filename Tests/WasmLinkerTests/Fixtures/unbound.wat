;; Calls things that nobody defines, or that are something else.
(module
  (@dylink.0 (mem-info (memory 0 0) (table 0 0)))
  (import "env" "missing" (func $missing (param i32) (result i32)))
  (import "env" "never_called" (func (param i64)))
  (import "env" "javascript" (func $javascript))
  (import "env" "main_twice" (func $wrong (param i64) (result i64)))
  (import "GOT.func" "missing_address" (global $address (mut i32)))
  (global (export "__em_js__javascript") i32 (i32.const 0))
  (func (export "run") (param i32) (result i32)
    (call $javascript)
    (drop (call $wrong (i64.const 1)))
    (drop (global.get $address))
    (call $missing (local.get 0))))
