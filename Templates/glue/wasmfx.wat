;; Contexts over core stack switching: the module whose bytes are in wasmfx.mjs.
;;
;; Every context is a continuation that runs  body(from, stack) -> next : whoever switches to it passes its own id and its
;; own continuation along, and the one who arrives puts that away in $parked. So a switch is one `switch` instruction and
;; one table store, and no host is involved. The host calls run(id), and gets control back only when
;;   0  the contexts are idle           ($wait: milliseconds, -1 = no limit)
;;   1  the event loop is to get a turn ($next: the context to go on with)
;;   2  the main context has returned   ($next: its status)
;;   3  a context has returned and named nobody to go on with
(module
  (rec
    (type $body (func (param i32 (ref null $stack)) (result i32)))
    (type $stack (cont $body)))
  (type $start (func (result i32)))
  (type $entry (func (param i32) (result i32)))

  (tag $park (param i32 i32 f64) (result i32 (ref null $stack)))
  (tag $exchange (result i32))

  (table $entries (export "entries") 2 funcref)          ;; 0: frond_start, 1: frond_context_entry
  (table $parked 64 (ref null $stack))                   ;; null: no stack yet
  (global $running (mut i32) (i32.const 0))
  (global $next (export "next") (mut i32) (i32.const 0))
  (global $wait (export "wait") (mut f64) (f64.const 0))
  (global $budget (export "budget") (mut i32) (i32.const 0))
  (global $live (export "live") (mut i32) (i32.const 0))
  (global $created (export "created") (mut i32) (i32.const 0))
  (elem declare func $first)

  ;; Puts away the stack that was left; `from` is -1 when that was the host's.
  (func $keep (param $from i32) (param $stack (ref null $stack))
    (if (i32.ge_s (local.get $from) (i32.const 0))
      (then (table.set $parked (local.get $from) (local.get $stack)))))

  (func $first (type $body) (param $from i32) (param $stack (ref null $stack)) (result i32)
    (call $keep (local.get $from) (local.get $stack))
    (if (result i32) (global.get $running)
      (then (call_indirect $entries (type $entry) (global.get $running) (i32.const 1)))
      (else (call_indirect $entries (type $start) (i32.const 0)))))

  ;; The stack of a context: the parked one, or a fresh one.
  (func $stackOf (param $id i32) (result (ref null $stack))
    (local $stack (ref null $stack))
    (if (i32.ge_u (local.get $id) (table.size $parked))
      (then (drop (table.grow $parked (ref.null $stack) (i32.add (local.get $id) (i32.const 64))))))
    (local.set $stack (table.get $parked (local.get $id)))
    (if (ref.is_null (local.get $stack))
      (then
        (global.set $live (i32.add (global.get $live) (i32.const 1)))
        (global.set $created (i32.add (global.get $created) (i32.const 1)))
        (local.set $stack (cont.new $stack (ref.func $first)))))
    (local.get $stack))

  ;; = frond.switch
  (func (export "switch") (param $me i32) (param $to i32) (param $ms f64) (result i32)
    (local $stack (ref null $stack))
    (local $from i32)
    (global.set $budget (i32.sub (global.get $budget) (i32.const 1)))
    (if (result i32 (ref null $stack)) (i32.or (i32.lt_s (local.get $to) (i32.const 0)) (i32.lt_s (global.get $budget) (i32.const 0)))
      (then (suspend $park (local.get $me) (local.get $to) (local.get $ms)))
      (else
        (local.set $stack (call $stackOf (local.get $to)))
        (global.set $running (local.get $to))
        (switch $stack $exchange (local.get $me) (local.get $stack))))
    (local.set $stack)
    (local.set $from)
    (call $keep (local.get $from) (local.get $stack))
    (i32.const 0))

  (func (export "run") (param $id i32) (result i32)
    (local $stack (ref null $stack))
    (loop $again
      (local.set $stack (call $stackOf (local.get $id)))
      (global.set $running (local.get $id))
      (block $suspended (result i32 i32 f64 (ref null $stack))
        (resume $stack (on $park $suspended) (on $exchange switch)
          (i32.const -1) (ref.null $stack) (local.get $stack))
        (global.set $next)
        (table.set $parked (global.get $running) (ref.null $stack))
        (global.set $live (i32.sub (global.get $live) (i32.const 1)))
        (if (i32.eqz (global.get $running)) (then (return (i32.const 2))))
        (if (i32.lt_s (global.get $next) (i32.const 0)) (then (return (i32.const 3))))
        (local.set $id (global.get $next))
        (br $again))
      (local.set $stack)
      (global.set $wait)
      (global.set $next)
      (table.set $parked (local.get $stack)))
    (i32.ge_s (global.get $next) (i32.const 0)))

  ;; Lets the collector have a stack; 1 if there was one.
  (func (export "kill") (param $id i32) (result i32)
    (if (i32.ge_u (local.get $id) (table.size $parked)) (then (return (i32.const 0))))
    (if (ref.is_null (table.get $parked (local.get $id))) (then (return (i32.const 0))))
    (table.set $parked (local.get $id) (ref.null $stack))
    (global.set $live (i32.sub (global.get $live) (i32.const 1)))
    (i32.const 1))

  (func (export "drop")
    (table.fill $parked (i32.const 0) (ref.null $stack) (table.size $parked)))
)
