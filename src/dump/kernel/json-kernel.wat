;; Passes over JSON, 64 bytes at a step. All it looks at lies in its own memory; 64 bytes behind the last one must be readable too.
;; `npm run gen:kernel` makes src/dump/generated/json-kernel.ts of this text; assemble.mjs knows the instructions that are used here.
(module
  (memory (export "memory") 1)

  ;; Where `skip` stands between two calls: how many brackets are open, …
  (global $level (mut i32))
  ;; … all bits set within a string, none outside, …
  (global $inString (mut i64))
  ;; … 1 where the next byte is escaped; …
  (global $escaped (mut i64))
  ;; … and the most brackets that were open behind any 64 bytes.
  (global $deepest (mut i32))

  ;; Begins behind an opening bracket.
  (func $begin (export "begin")
    (global.set $level (i32.const 1))
    (global.set $deepest (i32.const 1))
    (global.set $inString (i64.const 0))
    (global.set $escaped (i64.const 0)))

  (func $levelNow (export "level") (result i32) (global.get $level))
  (func $deepestSoFar (export "deepest") (result i32) (global.get $deepest))
  (func $isInString (export "inString") (result i32) (i32.wrap_i64 (global.get $inString)))

  ;; One bit for each of 64 lanes, the first lane lowest.
  (func $bits (param $a v128) (param $b v128) (param $c v128) (param $d v128) (result i64)
    (i64.or
      (i64.or
        (i64.extend_i32_u (i8x16.bitmask (local.get $a)))
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (local.get $b))) (i64.const 16)))
      (i64.or
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (local.get $c))) (i64.const 32))
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (local.get $d))) (i64.const 48)))))

  ;; Goes on over the bytes of [at, end). Out: the index behind the bracket that closes what `begin` opened (then the level is 0), or the end.
  ;; Which bits are within strings is found as simdjson does it: escapes by the borrow of a subtraction, quotes by a running exclusive or.
  (func $skip (export "skip") (param $at i32) (param $end i32) (result i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $quote v128) (local $backslash v128) (local $case v128) (local $open v128) (local $close v128)
    (local $valid i64) (local $quotes i64) (local $slashes i64) (local $codes i64) (local $outside i64) (local $opened i64) (local $closed i64)
    (local $inString i64) (local $escaped i64) (local $level i32) (local $deepest i32) (local $count i32)
    (local.set $quote (i8x16.splat (i32.const 0x22)))
    (local.set $backslash (i8x16.splat (i32.const 0x5c)))
    ;; [ and { differ by this bit alone, as ] and } do.
    (local.set $case (i8x16.splat (i32.const 0x20)))
    (local.set $open (i8x16.splat (i32.const 0x7b)))
    (local.set $close (i8x16.splat (i32.const 0x7d)))
    (local.set $level (global.get $level))
    (local.set $deepest (global.get $deepest))
    (local.set $inString (global.get $inString))
    (local.set $escaped (global.get $escaped))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $a (v128.load (local.get $at)))
        (local.set $b (v128.load offset=16 (local.get $at)))
        (local.set $c (v128.load offset=32 (local.get $at)))
        (local.set $d (v128.load offset=48 (local.get $at)))

        ;; The last bytes may be fewer than 64.
        (local.set $valid (i64.const -1))
        (local.set $count (i32.sub (local.get $end) (local.get $at)))
        (if (i32.gt_u (i32.const 64) (local.get $count))
          (then
            (local.set $valid (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $count))) (i64.const 1)))))

        (local.set $quotes
          (i64.and
            (local.get $valid)
            (call $bits
              (i8x16.eq (local.get $a) (local.get $quote))
              (i8x16.eq (local.get $b) (local.get $quote))
              (i8x16.eq (local.get $c) (local.get $quote))
              (i8x16.eq (local.get $d) (local.get $quote)))))

        ;; Backslashes are rare. A quote behind an odd number of them ends no string.
        (if
          (i32.or
            (i32.wrap_i64 (local.get $escaped))
            (v128.any_true
              (v128.or
                (v128.or (i8x16.eq (local.get $a) (local.get $backslash)) (i8x16.eq (local.get $b) (local.get $backslash)))
                (v128.or (i8x16.eq (local.get $c) (local.get $backslash)) (i8x16.eq (local.get $d) (local.get $backslash))))))
          (then
            (local.set $slashes
              (i64.and
                (local.get $valid)
                (call $bits
                  (i8x16.eq (local.get $a) (local.get $backslash))
                  (i8x16.eq (local.get $b) (local.get $backslash))
                  (i8x16.eq (local.get $c) (local.get $backslash))
                  (i8x16.eq (local.get $d) (local.get $backslash)))))
            ;; What a backslash escapes: every other byte of a run, told apart by whether the run begins at an odd place.
            (local.set $codes (i64.and (local.get $slashes) (i64.xor (local.get $escaped) (i64.const -1))))
            (local.set $codes
              (i64.xor
                (i64.sub (i64.or (i64.shl (local.get $codes) (i64.const 1)) (i64.const 0xaaaaaaaaaaaaaaaa)) (local.get $codes))
                (i64.const 0xaaaaaaaaaaaaaaaa)))
            (local.set $outside (i64.xor (local.get $codes) (i64.or (local.get $slashes) (local.get $escaped))))
            (local.set $quotes (i64.and (local.get $quotes) (i64.xor (local.get $outside) (i64.const -1))))
            (local.set $escaped (i64.shr_u (i64.and (local.get $codes) (local.get $slashes)) (i64.const 63)))
            (if (i32.gt_u (i32.const 64) (local.get $count))
              (then
                (local.set $escaped
                  (i64.and (i64.shr_u (local.get $outside) (i64.extend_i32_u (local.get $count))) (i64.const 1)))))))

        ;; A byte is within a string where an odd number of quotes stands at or before it.
        (local.set $outside (i64.xor (local.get $quotes) (i64.shl (local.get $quotes) (i64.const 1))))
        (local.set $outside (i64.xor (local.get $outside) (i64.shl (local.get $outside) (i64.const 2))))
        (local.set $outside (i64.xor (local.get $outside) (i64.shl (local.get $outside) (i64.const 4))))
        (local.set $outside (i64.xor (local.get $outside) (i64.shl (local.get $outside) (i64.const 8))))
        (local.set $outside (i64.xor (local.get $outside) (i64.shl (local.get $outside) (i64.const 16))))
        (local.set $outside (i64.xor (local.get $outside) (i64.shl (local.get $outside) (i64.const 32))))
        (local.set $outside (i64.xor (local.get $outside) (local.get $inString)))
        (local.set $inString (i64.shr_s (local.get $outside) (i64.const 63)))
        (local.set $outside (i64.and (i64.xor (local.get $outside) (i64.const -1)) (local.get $valid)))

        (local.set $a (v128.or (local.get $a) (local.get $case)))
        (local.set $b (v128.or (local.get $b) (local.get $case)))
        (local.set $c (v128.or (local.get $c) (local.get $case)))
        (local.set $d (v128.or (local.get $d) (local.get $case)))
        (local.set $opened
          (i64.and
            (local.get $outside)
            (call $bits
              (i8x16.eq (local.get $a) (local.get $open))
              (i8x16.eq (local.get $b) (local.get $open))
              (i8x16.eq (local.get $c) (local.get $open))
              (i8x16.eq (local.get $d) (local.get $open)))))
        (local.set $closed
          (i64.and
            (local.get $outside)
            (call $bits
              (i8x16.eq (local.get $a) (local.get $close))
              (i8x16.eq (local.get $b) (local.get $close))
              (i8x16.eq (local.get $c) (local.get $close))
              (i8x16.eq (local.get $d) (local.get $close)))))

        ;; Only where as many are closed as are open can the last one be among them: then they are gone through one by one.
        (if (i32.ge_s (i32.wrap_i64 (i64.popcnt (local.get $closed))) (local.get $level))
          (then
            (local.set $codes (local.get $closed))
            (local.set $count (local.get $level))
            (block $none
              (loop $each
                (br_if $none (i64.eqz (local.get $codes)))
                (local.set $count (i32.sub (local.get $count) (i32.const 1)))
                (if
                  (i32.eqz
                    (i32.add
                      (local.get $count)
                      (i32.wrap_i64 (i64.popcnt (i64.and (local.get $opened) (call $below (local.get $codes)))))))
                  (then
                    (global.set $level (i32.const 0))
                    (return (i32.add (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $codes)))) (i32.const 1)))))
                (local.set $codes (i64.and (local.get $codes) (i64.sub (local.get $codes) (i64.const 1))))
                (br $each)))))

        (local.set $level
          (i32.sub
            (i32.add (local.get $level) (i32.wrap_i64 (i64.popcnt (local.get $opened))))
            (i32.wrap_i64 (i64.popcnt (local.get $closed)))))
        (if (i32.gt_s (local.get $level) (local.get $deepest)) (then (local.set $deepest (local.get $level))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $next)))
    (global.set $level (local.get $level))
    (global.set $deepest (local.get $deepest))
    (global.set $inString (local.get $inString))
    (global.set $escaped (local.get $escaped))
    (local.get $end))

  ;; `begin` and `skip` in one call.
  (func $close (export "close") (param $at i32) (param $end i32) (result i32)
    (call $begin)
    (call $skip (local.get $at) (local.get $end)))

  ;; The bits below the lowest one that is set.
  (func $below (param $bits i64) (result i64)
    (i64.sub (i64.and (local.get $bits) (i64.sub (i64.const 0) (local.get $bits))) (i64.const 1)))

  ;; The index of the quote that ends a string whose inside, or the rest of it, begins at `at`. Where it does not end before `end`: the index
  ;; to go on from, which is the end, or one more where the byte at the end is escaped.
  (func $stringEnd (export "stringEnd") (param $at i32) (param $end i32) (result i32)
    (local $lanes v128) (local $found i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $lanes (v128.load (local.get $at)))
        (local.set $found
          (i8x16.bitmask
            (v128.or
              (i8x16.eq (local.get $lanes) (i8x16.splat (i32.const 0x22)))
              (i8x16.eq (local.get $lanes) (i8x16.splat (i32.const 0x5c))))))
        (if (i32.eqz (local.get $found))
          (then
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br_if $next (i32.gt_u (local.get $end) (local.get $at)))
            (return (local.get $end))))
        (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $found))))
        (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (local.get $end))))
        (br_if $done (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x22)))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))
        (br $next)))
    (local.get $at))

  ;; Goes on within an object, behind its bracket (`first` is 1) or behind a member's value, to the next member whose key is in the table at
  ;; `table`; others are passed over. Out, in the lower 24 bits an index, above them what it means: from 2 on the number of the key found + 2,
  ;; and where its value is; 1: behind the bracket that ends the object; 0: behind the last value passed over, since the bytes end or something
  ;; stands there that is to be looked at with care.
  (func $member (export "member") (param $at i32) (param $end i32) (param $first i32) (param $table i32) (result i32)
    (local $safe i32) (local $key i32) (local $byte i32) (local $number i32)
    (block $stop
      (loop $next
        (local.set $safe (local.get $at))
        (local.set $at (call $pastBlanks (local.get $at) (local.get $end)))
        (br_if $stop (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.eq (local.get $byte) (i32.const 0x7d))
          (then (return (i32.or (i32.add (local.get $at) (i32.const 1)) (i32.const 0x1000000)))))
        (if (i32.eqz (local.get $first))
          (then
            (br_if $stop (i32.ne (local.get $byte) (i32.const 0x2c)))
            (local.set $at (call $pastBlanks (i32.add (local.get $at) (i32.const 1)) (local.get $end)))
            (br_if $stop (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $byte (i32.load8_u (local.get $at)))))
        (br_if $stop (i32.ne (local.get $byte) (i32.const 0x22)))
        (local.set $key (i32.add (local.get $at) (i32.const 1)))
        (local.set $at (call $keyEnd (local.get $key) (local.get $end)))
        (br_if $stop (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $number (call $numberOf (local.get $table) (local.get $key) (local.get $at)))
        (local.set $at (call $pastBlanks (i32.add (local.get $at) (i32.const 1)) (local.get $end)))
        (br_if $stop (i32.ge_u (local.get $at) (local.get $end)))
        (br_if $stop (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x3a)))
        (local.set $at (call $pastBlanks (i32.add (local.get $at) (i32.const 1)) (local.get $end)))
        (br_if $stop (i32.ge_u (local.get $at) (local.get $end)))
        (if (i32.ge_s (local.get $number) (i32.const 0))
          (then (return (i32.or (local.get $at) (i32.shl (i32.add (local.get $number) (i32.const 2)) (i32.const 24))))))
        (local.set $at (call $pastValue (local.get $at) (local.get $end)))
        (br_if $stop (i32.eqz (local.get $at)))
        (local.set $first (i32.const 0))
        (br $next)))
    (local.get $safe))

  ;; The index of the first byte from `at` on that is no blank (a byte up to 0x20); the end or more where there is none.
  (func $pastBlanks (param $at i32) (param $end i32) (result i32)
    (local $found i32)
    (loop $next
      (if (i32.gt_u (local.get $end) (local.get $at))
        (then
          (local.set $found (i8x16.bitmask (i8x16.gt_u (v128.load (local.get $at)) (i8x16.splat (i32.const 0x20)))))
          (if (i32.eqz (local.get $found))
            (then
              (local.set $at (i32.add (local.get $at) (i32.const 16)))
              (br $next)))
          (return (i32.add (local.get $at) (i32.ctz (local.get $found)))))))
    (local.get $at))

  ;; The index of the quote that ends a key; the end or more where it has escapes or does not end.
  (func $keyEnd (param $at i32) (param $end i32) (result i32)
    (local $lanes v128) (local $found i32)
    (loop $next
      (if (i32.gt_u (local.get $end) (local.get $at))
        (then
          (local.set $lanes (v128.load (local.get $at)))
          (local.set $found
            (i8x16.bitmask
              (v128.or
                (i8x16.eq (local.get $lanes) (i8x16.splat (i32.const 0x22)))
                (i8x16.eq (local.get $lanes) (i8x16.splat (i32.const 0x5c))))))
          (if (i32.eqz (local.get $found))
            (then
              (local.set $at (i32.add (local.get $at) (i32.const 16)))
              (br $next)))
          (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $found))))
          (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x5c)) (then (return (local.get $end)))))))
    (local.get $at))

  ;; The index behind the value at `at`; 0 where it does not end before `end`, or is none.
  (func $pastValue (param $at i32) (param $end i32) (result i32)
    (local $first i32) (local $start i32)
    (local.set $first (i32.load8_u (local.get $at)))
    (local.set $start (local.get $at))
    (if (i32.eq (i32.or (local.get $first) (i32.const 0x20)) (i32.const 0x7b))
      (then
        (local.set $at (call $close (i32.add (local.get $at) (i32.const 1)) (local.get $end)))
        (if (global.get $level) (then (return (i32.const 0))))
        (if (i32.ne (i32.load8_u (i32.sub (local.get $at) (i32.const 1))) (i32.add (local.get $first) (i32.const 2)))
          (then (return (i32.const 0))))
        (return (local.get $at))))
    (if (i32.eq (local.get $first) (i32.const 0x22))
      (then
        (local.set $at (call $stringEnd (i32.add (local.get $at) (i32.const 1)) (local.get $end)))
        (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
        (return (i32.add (local.get $at) (i32.const 1)))))
    ;; A number or a word ends before a blank, a comma, a bracket.
    (block $done
      (loop $next
        (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
        (local.set $first (i32.load8_u (local.get $at)))
        (br_if $done (i32.ge_u (i32.const 0x20) (local.get $first)))
        (br_if $done (i32.eq (local.get $first) (i32.const 0x2c)))
        (br_if $done (i32.eq (i32.or (local.get $first) (i32.const 0x20)) (i32.const 0x7d)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (if (i32.eq (local.get $at) (local.get $start)) (then (return (i32.const 0))))
    (local.get $at))

  ;; The number of the key at [at, end) in a table, -1 where it has no such key. A table is a mask, and from 16 bytes on mask + 1 slots of 32
  ;; bytes: the first and the last eight bytes of a key, its length, its number + 1, its address. src/dump/key-table.ts writes it.
  (func $numberOf (param $table i32) (param $at i32) (param $end i32) (result i32)
    (local $length i32) (local $head i64) (local $tail i64) (local $mask i32) (local $index i32) (local $slot i32) (local $number i32)
    (local.set $length (i32.sub (local.get $end) (local.get $at)))
    (local.set $head (i64.load (local.get $at)))
    (if (i32.gt_u (i32.const 8) (local.get $length))
      (then
        (local.set $head
          (i64.and
            (local.get $head)
            (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (i32.shl (local.get $length) (i32.const 3)))) (i64.const 1))))))
    (if (i32.gt_u (local.get $length) (i32.const 8)) (then (local.set $tail (i64.load (i32.sub (local.get $end) (i32.const 8))))))
    (local.set $mask (i32.load (local.get $table)))
    (local.set $index (call $hash (local.get $head) (local.get $tail) (local.get $length)))
    (loop $next
      (local.set $index (i32.and (local.get $index) (local.get $mask)))
      (local.set $slot (i32.add (i32.add (local.get $table) (i32.const 16)) (i32.shl (local.get $index) (i32.const 5))))
      (local.set $number (i32.load offset=20 (local.get $slot)))
      (if (local.get $number)
        (then
          (local.set $index (i32.add (local.get $index) (i32.const 1)))
          (br_if $next (i64.ne (i64.load (local.get $slot)) (local.get $head)))
          (br_if $next (i64.ne (i64.load offset=8 (local.get $slot)) (local.get $tail)))
          (br_if $next (i32.ne (i32.load offset=16 (local.get $slot)) (local.get $length)))
          (br_if $next (i32.eqz (call $isSame (local.get $at) (i32.load offset=24 (local.get $slot)) (local.get $length)))))))
    (i32.sub (local.get $number) (i32.const 1)))

  (func $hash (param $head i64) (param $tail i64) (param $length i32) (result i32)
    (i32.shr_u
      (i32.mul
        (i32.add
          (i32.xor
            (i32.xor
              (i32.wrap_i64 (local.get $head))
              (i32.mul (i32.wrap_i64 (i64.shr_u (local.get $head) (i64.const 32))) (i32.const 0x9e3779b1)))
            (i32.xor
              (i32.mul (i32.wrap_i64 (local.get $tail)) (i32.const 0x85ebca6b))
              (i32.mul (i32.wrap_i64 (i64.shr_u (local.get $tail) (i64.const 32))) (i32.const 0xc2b2ae35))))
          (local.get $length))
        (i32.const 0x27d4eb2f))
      (i32.const 16)))

  ;; Whether two keys of a length are the same between their first and their last eight bytes.
  (func $isSame (param $one i32) (param $other i32) (param $length i32) (result i32)
    (local $at i32)
    (local.set $at (i32.const 8))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (i32.add (local.get $at) (i32.const 8)) (local.get $length)))
        (if (i64.ne (i64.load (i32.add (local.get $one) (local.get $at))) (i64.load (i32.add (local.get $other) (local.get $at))))
          (then (return (i32.const 0))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $next)))
    (i32.const 1))

  ;; Goes through the object at `at` and those within that its table leads to. Of each wanted member the index of its value goes to the slot of
  ;; its number: 4 bytes each from `slots` on, all 0 before. Out: the index behind the object; 0 where the bytes end, or something stands
  ;; there that is to be looked at with care, a repeated key among it. A table's second word is the address of a word for each number: the
  ;; table of the object that stands under the key, or 0.
  (func $extract (export "extract") (param $at i32) (param $end i32) (param $table i32) (param $slots i32) (result i32)
    (local $first i32) (local $found i32) (local $number i32) (local $slot i32) (local $inner i32)
    (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x7b)) (then (return (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (local.set $first (i32.const 1))
    (loop $next
      (local.set $found (call $member (local.get $at) (local.get $end) (local.get $first) (local.get $table)))
      (local.set $at (i32.and (local.get $found) (i32.const 0xffffff)))
      (local.set $number (i32.sub (i32.shr_u (local.get $found) (i32.const 24)) (i32.const 2)))
      (if (i32.eq (local.get $number) (i32.const -2)) (then (return (i32.const 0))))
      (if (i32.eq (local.get $number) (i32.const -1)) (then (return (local.get $at))))
      (local.set $slot (i32.add (local.get $slots) (i32.shl (local.get $number) (i32.const 2))))
      (if (i32.load (local.get $slot)) (then (return (i32.const 0))))
      (i32.store (local.get $slot) (local.get $at))
      (local.set $inner
        (i32.load (i32.add (i32.load offset=4 (local.get $table)) (i32.shl (local.get $number) (i32.const 2)))))
      (if (i32.eqz (local.get $inner)) (then (local.set $at (call $pastValue (local.get $at) (local.get $end)))))
      (if (local.get $inner)
        (then (local.set $at (call $extract (local.get $at) (local.get $end) (local.get $inner) (local.get $slots)))))
      (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
      (local.set $first (i32.const 0))
      (br $next))
    (i32.const 0))
)
