;; A start function with a loop, which the linker does not interpret.
(module
  (@dylink.0 (mem-info (memory 16 2) (table 0 0)))
  (import "env" "memory" (memory 1))
  (import "env" "__memory_base" (global $base i32))
  (func $start (local $i i32)
    (loop $again
      (i32.store (global.get $base) (i32.add (i32.load (global.get $base)) (i32.const 3)))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4)))))
  (func (export "run") (param i32) (result i32) (i32.load (global.get $base)))
  (start $start))
