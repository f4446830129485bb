;; Goes through a list in JSON, 64 bytes at a step, and notes where the brackets of its outer levels stand, the quotes of its own level, and
;; further in where texts begin that have four wanted bytes first, and where texts have backslashes: what cutting a section of a dump into
;; resources needs. The bytes lie from 0 on, in blocks of 64: behind the last byte the caller puts blanks. The notes stand from
;; 0x40040 on, as indices of bytes, 4 bytes each.
;; `npm run gen:kernel` makes src/dump/generated/json-marks.ts of this text.
(module
  ;; 0x40000 bytes and a block, and as many notes.
  (memory (export "memory") 21)

  ;; How many brackets are open, …
  (global $level (mut i32))
  ;; … how many may be open around a bracket that is noted, …
  (global $deepest (mut i32))
  ;; … and around a text that is noted for how it begins, or for a backslash, …
  (global $deepestText (mut i32))
  ;; … its first four bytes, these or those, …
  (global $wanted (mut i32))
  (global $orWanted (mut i32))
  ;; … where the notes end, …
  (global $notesEnd (mut i32))
  ;; … all bits set within a string, none outside, …
  (global $inString (mut i64))
  ;; … 1 where the next byte is escaped.
  (global $escaped (mut i64))

  ;; Begins behind an opening bracket.
  (func $begin (export "begin") (param $deepestMark i32) (param $deepestWanted i32)
    (param $wantedBytes i32) (param $orWantedBytes i32)
    (global.set $level (i32.const 1))
    (global.set $deepest (local.get $deepestMark))
    (global.set $deepestText (local.get $deepestWanted))
    (global.set $wanted (local.get $wantedBytes))
    (global.set $orWanted (local.get $orWantedBytes))
    (global.set $inString (i64.const 0))
    (global.set $escaped (i64.const 0)))

  (func $levelNow (export "level") (result i32) (global.get $level))
  ;; How many notes the last call of `mark` made.
  (func $noted (export "noted") (result i32) (i32.shr_u (i32.sub (global.get $notesEnd) (i32.const 0x40040)) (i32.const 2)))

  ;; A bit for each of the 64 bytes that is equal to this one, the first byte lowest.
  (func $bits (inline) (param $byte v128) (param $a v128) (param $b v128) (param $c v128) (param $d v128) (result i64)
    (i64.or
      (i64.or
        (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $a) (local.get $byte))))
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $b) (local.get $byte)))) (i64.const 16)))
      (i64.or
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $c) (local.get $byte)))) (i64.const 32))
        (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $d) (local.get $byte)))) (i64.const 48)))))

  ;; Goes on over the bytes of [at, end). Out: the index behind the bracket that closes what `begin` opened (then the level is 0), or the end.
  (func $mark (export "mark") (param $at i32) (param $end i32) (result i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $quote v128) (local $backslash v128) (local $case v128) (local $open v128) (local $close v128)
    (local $quotes i64) (local $slashes i64) (local $opened i64) (local $closed i64) (local $within i64) (local $rest i64) (local $bit i64)
    (local $all i64) (local $inString i64) (local $escaped i64) (local $level i32) (local $deepest i32) (local $deepestText i32) (local $wanted i32)
    (local $orWanted i32) (local $notes i32) (local $place i32)
    (local.set $quote (i8x16.splat (i32.const 0x22)))
    (local.set $backslash (i8x16.splat (i32.const 0x5c)))
    ;; [ and { differ by this bit alone, as ] and } do.
    (local.set $case (i8x16.splat (i32.const 0x20)))
    (local.set $open (i8x16.splat (i32.const 0x7b)))
    (local.set $close (i8x16.splat (i32.const 0x7d)))
    (local.set $level (global.get $level))
    (local.set $deepest (global.get $deepest))
    (local.set $deepestText (global.get $deepestText))
    (local.set $wanted (global.get $wanted))
    (local.set $orWanted (global.get $orWanted))
    (local.set $inString (global.get $inString))
    (local.set $escaped (global.get $escaped))
    (local.set $notes (i32.const 0x40040))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $a (v128.load (local.get $at)))
        (local.set $b (v128.load offset=16 (local.get $at)))
        (local.set $c (v128.load offset=32 (local.get $at)))
        (local.set $d (v128.load offset=48 (local.get $at)))

        ;; A backslash that is not escaped itself escapes the byte behind it. They are rare, so one at a time.
        (local.set $quotes (call $bits (local.get $quote) (local.get $a) (local.get $b) (local.get $c) (local.get $d)))
        (local.set $slashes (call $bits (local.get $backslash) (local.get $a) (local.get $b) (local.get $c) (local.get $d)))
        (local.set $all (local.get $slashes))
        (if (i32.eqz (i64.eqz (i64.or (local.get $slashes) (local.get $escaped))))
          (then
            (local.set $rest (local.get $escaped))
            (local.set $escaped (i64.const 0))
            (block $none
              (loop $each
                (br_if $none (i64.eqz (local.get $slashes)))
                (local.set $bit (i64.and (local.get $slashes) (i64.sub (i64.const 0) (local.get $slashes))))
                (local.set $slashes (i64.xor (local.get $slashes) (local.get $bit)))
                (br_if $each (i32.eqz (i64.eqz (i64.and (local.get $rest) (local.get $bit)))))
                (local.set $rest (i64.or (local.get $rest) (i64.shl (local.get $bit) (i64.const 1))))
                (local.set $escaped (i64.shr_u (local.get $bit) (i64.const 63)))
                (br $each)))
            ;; The last bytes may be fewer than 64.
            (if (i32.gt_u (i32.const 64) (i32.sub (local.get $end) (local.get $at)))
              (then
                (local.set $escaped
                  (i64.and
                    (i64.shr_u (local.get $rest) (i64.extend_i32_u (i32.sub (local.get $end) (local.get $at))))
                    (i64.const 1)))))
            (local.set $quotes (i64.and (local.get $quotes) (i64.xor (local.get $rest) (i64.const -1))))))

        ;; A byte is within a string where an odd number of quotes stands at or before it.
        (local.set $within (i64.xor (local.get $quotes) (i64.shl (local.get $quotes) (i64.const 1))))
        (local.set $within (i64.xor (local.get $within) (i64.shl (local.get $within) (i64.const 2))))
        (local.set $within (i64.xor (local.get $within) (i64.shl (local.get $within) (i64.const 4))))
        (local.set $within (i64.xor (local.get $within) (i64.shl (local.get $within) (i64.const 8))))
        (local.set $within (i64.xor (local.get $within) (i64.shl (local.get $within) (i64.const 16))))
        (local.set $within (i64.xor (local.get $within) (i64.shl (local.get $within) (i64.const 32))))
        (local.set $within (i64.xor (local.get $within) (local.get $inString)))
        (local.set $inString (i64.shr_s (local.get $within) (i64.const 63)))
        (local.set $within (i64.xor (local.get $within) (i64.const -1)))

        (local.set $a (v128.or (local.get $a) (local.get $case)))
        (local.set $b (v128.or (local.get $b) (local.get $case)))
        (local.set $c (v128.or (local.get $c) (local.get $case)))
        (local.set $d (v128.or (local.get $d) (local.get $case)))
        (local.set $opened
          (i64.and (local.get $within) (call $bits (local.get $open) (local.get $a) (local.get $b) (local.get $c) (local.get $d))))
        (local.set $closed
          (i64.and (local.get $within) (call $bits (local.get $close) (local.get $a) (local.get $b) (local.get $c) (local.get $d))))

        (block $counted
          ;; Where so few are closed that no level to note is reached, they are only counted.
          (if
            (i32.gt_s (i32.sub (local.get $level) (i32.wrap_i64 (i64.popcnt (local.get $closed)))) (local.get $deepestText))
            (then
              (local.set $level
                (i32.sub
                  (i32.add (local.get $level) (i32.wrap_i64 (i64.popcnt (local.get $opened))))
                  (i32.wrap_i64 (i64.popcnt (local.get $closed)))))
              (br $counted)))
          (local.set $rest (i64.or (i64.or (local.get $opened) (local.get $closed)) (i64.or (local.get $quotes) (local.get $all))))
          (loop $each
            (br_if $counted (i64.eqz (local.get $rest)))
            (local.set $bit (i64.and (local.get $rest) (i64.sub (i64.const 0) (local.get $rest))))
            (local.set $place (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $rest)))))
            (local.set $rest (i64.xor (local.get $rest) (local.get $bit)))
            ;; A closing bracket stands on the level that it comes back to.
            (local.set $level (i32.sub (local.get $level) (i32.eqz (i64.eqz (i64.and (local.get $closed) (local.get $bit))))))
            (block $notNoted
              (block $noted
                (br_if $notNoted (i32.gt_s (local.get $level) (local.get $deepestText)))
                ;; A bracket.
                (br_if $noted
                  (i32.and
                    (i64.eqz (i64.and (i64.or (local.get $quotes) (local.get $all)) (local.get $bit)))
                    (i32.ge_s (local.get $deepest) (local.get $level))))
                (br_if $notNoted (i64.eqz (i64.and (i64.or (local.get $quotes) (local.get $all)) (local.get $bit))))
                ;; A quote of the outermost level.
                (br_if $noted (i32.and (i32.gt_s (i32.const 2) (local.get $level)) (i64.eqz (i64.and (local.get $all) (local.get $bit)))))
                (br_if $notNoted (i32.gt_s (i32.const 2) (local.get $level)))
                ;; Further in a backslash, or a quote that opens a wanted text, or one of which too little is at hand.
                (br_if $noted (i32.eqz (i64.eqz (i64.and (local.get $all) (local.get $bit)))))
                (br_if $notNoted (i64.eqz (i64.and (i64.and (local.get $quotes) (i64.xor (local.get $within) (i64.const -1))) (local.get $bit))))
                (br_if $noted (i32.gt_s (i32.add (local.get $place) (i32.const 5)) (local.get $end)))
                (br_if $noted (i32.eq (i32.load offset=1 (local.get $place)) (local.get $wanted)))
                (br_if $notNoted (i32.eqz (i32.eq (i32.load offset=1 (local.get $place)) (local.get $orWanted)))))
              (i32.store (local.get $notes) (local.get $place))
              (local.set $notes (i32.add (local.get $notes) (i32.const 4))))
            (if (i32.eqz (local.get $level))
              (then
                (global.set $level (i32.const 0))
                (global.set $notesEnd (local.get $notes))
                (return (i32.add (local.get $place) (i32.const 1)))))
            (local.set $level (i32.add (local.get $level) (i32.eqz (i64.eqz (i64.and (local.get $opened) (local.get $bit))))))
            (br $each)))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $next)))
    (global.set $level (local.get $level))
    (global.set $notesEnd (local.get $notes))
    (global.set $inString (local.get $inString))
    (global.set $escaped (local.get $escaped))
    (local.get $end))
)
