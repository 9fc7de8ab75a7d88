;; Legacy exception handling, with the main module's tag.
(module
  (@dylink.0 (mem-info (memory 0 0) (table 0 0)))
  (import "env" "__cpp_exception" (tag $exception (param i32)))
  (import "env" "private_tag" (tag $private (param i64)))
  (func (export "run") (param i32) (result i32)
    try (result i32)
      try
        local.get 0
        throw $exception
      delegate 0
      i32.const 0
    catch $exception
      i32.const 1
      i32.add
    catch $private
      i32.wrap_i64
    catch_all
      rethrow 0
    end))
