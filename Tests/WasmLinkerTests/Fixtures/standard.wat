;; Standard exception handling, with the main module's tag.
(module
  (@dylink.0 (mem-info (memory 0 0) (table 0 0)))
  (import "env" "__cpp_exception" (tag $exception (param i32)))
  (func (export "run") (param i32) (result i32)
    (block $caught (result i32)
      (try_table (catch $exception $caught) (throw $exception (local.get 0)))
      (i32.const 0))
    (i32.const 2)
    (i32.add)))
