;; The module of jspi.json, compiled by Binaryen:
;; wasm-as probes.wat -o probes.wasm --enable-exception-handling --enable-reference-types --enable-multivalue
(module
  (import "env" "s"  (func $s (param i32) (result i32)))        ;; Suspending
  (import "env" "sx" (func $sx (result externref)))             ;; Suspending -> externref
  (import "env" "smv" (func $smv (result i32 i32)))             ;; Suspending multi-value
  (import "env" "si64" (func $si64 (result i64)))
  (import "env" "js" (func $js (param i32) (result i32)))       ;; plain JS
  (import "env" "tag" (tag $jt (param externref)))              ;; WebAssembly.JSTag
  (import "env" "ctag" (tag $ct (param i32)))
  (table (export "tbl") 4 funcref)
  (elem (i32.const 0) $s $f)
  (global $g (export "g") (mut i32) (i32.const 0))
  (func $f (export "f") (param i32) (result i32) (i32.add (call $s (local.get 0)) (i32.const 1000)))
  (func (export "fx") (result externref) (call $sx))
  (func (export "fmv") (result i32 i32) (call $smv))
  (func (export "fi64") (result i64) (call $si64))
  (func (export "viajs") (param i32) (result i32) (call $js (local.get 0)))
  (func (export "viatable") (param i32) (result i32) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))
  (func (export "trap") (param i32) (result i32) (drop (call $s (local.get 0))) unreachable)
  (func (export "catchjs") (param i32) (result externref)
    (try (result externref) (do (drop (call $s (local.get 0))) (ref.null extern)) (catch $jt (pop externref))))
  (func (export "catchall") (param i32) (result i32)
    (try (result i32) (do (call $s (local.get 0))) (catch_all (i32.const -7))))
  (func (export "catchc") (param i32) (result i32)
    (try (result i32) (do (call $s (local.get 0))) (catch $ct (pop i32))))
  (func (export "throwc") (param i32) (result i32) (drop (call $s (local.get 0))) (throw $ct (i32.const 5)))
  (func $rec (export "rec") (param i32) (result i32) (i32.add (local.get 0) (call $rec (i32.add (local.get 0) (i32.const 1)))))
  (func $recthen (export "recthen") (param i32) (result i32)
    (try (result i32) (do (call $rec (local.get 0))) (catch_all (call $s (i32.const 1)))))
  (func (export "setg") (param i32) (result i32) (global.set $g (local.get 0)) (drop (call $s (local.get 0))) (global.get $g))
  (func (export "add") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  ;; The sum of what five calls give.
  (func (export "loop") (param i32) (result i32) (local $left i32) (local $sum i32)
    (local.set $left (i32.const 5))
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (call $s (local.get 0))))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left)))
    (local.get $sum))
  (func (export "nothing"))
  (func (export "throws") (result i32) (throw $ct (i32.const 5)))
)
