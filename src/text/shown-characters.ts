/**
 * Which characters a display may hold as they are. The tables are fixed here (Unicode 17.0), because
 * engines know different versions of Unicode and a display must be the same on all of them; what they
 * do not hold is written as an escape. Printed by scripts/character-tables.ts.
 */
import { bounds, within } from "./ranges.ts";

/** Letters, numbers, punctuation and symbols that can be seen. */
const SHOWN: Uint32Array = /* @__PURE__ */ bounds(`
x 2m y c 1 gi 34 8 2 6 4 7 1 1 1 k 1 68 7 4m 1 12 2 1e 2 3 1a 1 1 1 2 1 2 1 9 r 4 6 h a b 1 1 1a l
g 1 2t 8 1 6 2 2 1 4 w 2 1 1 u t 2h b 1 e 17 9 7 3 o 4 1 9 1 3 1 7 f 1 p 5 1 1 b 5 w g 16 1m 1i 3
1 i 1 7 a 2 t 4 8 2 2 2 m 1 7 1 1 3 4 3 1 g 1 d 2 1 3 4 o 7 6 4 2 2 m 1 7 1 2 1 2 1 2 v 4 1 1 7 a
2 3 1 1 e 9 1 3 1 m 1 7 1 2 1 5 3 1 i 1 f 2 4 c 7 1 b 8 2 2 2 m 1 7 1 2 1 5 3 1 u 2 1 3 4 i b 1 1
6 3 3 1 4 3 2 1 1 1 2 3 2 3 3 3 c m 1 l l a 8 1 3 1 n 1 g 3 1 q 3 1 2 2 2 4 a 7 a 3 9 1 3 1 n 1 a
1 5 3 1 u 3 1 2 4 a 1 2 h 9 1 3 1 15 2 1 g 2 4 3 1 a 4 q 5 i 3 o 1 9 1 1 2 7 v a 4 1 c 1c 1 2 b 8
8 d 11 2 1 1 1 5 1 o 1 1 1 a 1 2 9 1 2 5 1 1 9 a 2 4 w o 2 r 1 1 1 1 1 4 2 8 1 10 o 1 2 5 1d 8 1 6
1 d 11 17 k n 4 4 3 1 3 2 7 3 4 d c 1 1 a 4 14 1 1 5 1 2 3z 2 6g 1 4 2 7 1 1 1 4 2 15 1 4 2 x 1 4
2 7 1 1 1 4 2 f 1 1l 1 4 2 1v 5 t 3 q 6 2e 2 6 2 hs 1 s 3 2h 7 i d j 3 2 9 i e d 1 3 f 1g w 9 3 a
6 a 6 b 5 a 6 2h 7 5 2 y 1 1 5 1y a v x 1 3 16 2 5 b 18 4 q 6 b 3 1l 7 1j 17 a 6 a 6 e 2f 1b h 8 1
t 9 c 3 u d 1k m 14 n f 3 1q 5 17 2 b b 1 l 4 1 6 1 2 3 1 5 5c 1s 7q 2 6 2 12 2 6 2 8 1 1 1 1 1 1
1 v 2 1h 1 f 1 e 2 6 1 j 2 3 1 9 h o 8 1b h 2 2 r 1 d 3 y 1q 3w 4 ii m b l ps 1 oj 2 ah 3 2 5 19 1
1 5 1 2 1k 7 2 f n 9 7 1 7 1 7 1 7 1 7 1 7 1 7 1 7 x 2m y q 1 2h c 5y q g 1 15 6 g 1 2e 4 2t 5 17
1 1f 1 16 1 2e 9 1c 1 mlp 3 1j 9 9o k 1b 4 1 a w 2 28 2 6 8 65 k h 1 3 1 4 1 n 5 4 4 a 6 1k a 1e q
c o d 1 12 8 p o u 7 1b e d 1 b 4 7 1 p 1 15 n 3 1 8 4 a 2 v 3 1e 1 1 3 2 2 5 2 1 1 1 o g 5 5 c 6
2 6 2 6 9 7 1 7 1 1o 4 37 8 1 4 a 6 8mc c n 4 1d 6is a6 2 2y 12 7 c 5 5 1 1 o 1 5 1 1 1 2 1 2 1 i2
w g g a m z 1 j 1 4 4 5 1 3r 4 4f 1 u 3 6 2 6 2 6 2 3 3 7 1 7 h c 1 q 1 j 1 2 1 f 2 e y 3f 5 3 4
19 3 2g 1 d 3 1 1b 19 3n t 3 1d g r 4 10 9 u 5 12 a u 1 11 4 e 16 4e 2 a 6 10 4 10 4 14 8 1g b c 1
f 1 7 1 2 1 b 1 f 1 7 1 2 3 1g c 8n 9 m a 8 o 6 1 16 1 9 1x 6 2 1 1 18 1 2 3 1 2 n 1 20 8 9 1c j 1
2 5 x 3 r 5 r 12 1k 4 k 2 1b f 4 1 3 1 t a 9 7 9 7 1s w 11 6 c 9 1i 3 t 2 r 5 q 7 4 c 7 28 21 1j
1f d 1f 7 16 c a 6 12 8 o 8 2 5s v 1 16 3 1 2 2 g 6 8 9 13 14 8 m b 9 m i 4 4 12 s k n c 1h f 7 4
u 1 2 2 1 d 19 b 2 1 4 e p 7 a 9 10 f f 2 1 8 z 1 3 c 1c e 8 4 1 2 g 1 k b i 1 p c 6 1 2 1r 7 1 1
1 4 1 f 1 b 6 1b h a b 8 2 2 2 m 1 7 1 2 1 5 3 1 i 1 c 5 u a 1 1 2 1 1 12 1 1 p 1 1 3 1 2 13 1h i
l 1 1 1 3 u 1c k 4 8 a 4m 1b i r 10 1c h 4 b a 6 d j 17 d 2 6 a 6 k s r l n 55 18 f 1 2s 2b c 8 2
1 2 8 1 2 1 o f 1 1 1 2 3 9 a 1y 8 2 13 g 3 s 1 a 14 7 1 4 8 9 1 b 1a g 9 d 21 7 a 52 y e a 6 9 1
11 h 6 a t 3 w 34 7 1 2 1 12 l 1 9 a 6 6 1 2 1 w e 1 7 a 6 18 4 a 6u j 4 2 9 1 1 d 1 y f n 2e 1 f
1e d pn 2u 33 1 5 b 5g 218 2r d ts j 4 p 32z 5 g7 5a1 u i a 1c6 ft 7 v 1 a 4 29 1 a 6 u 7 1 a 1c 7
f a a 1 7 1 l 5 j c0 1m 5i 2j 5 p 2 p 18 23 5 1 1u d 1s 4 e 5 9 5p2 15 w 2p 37 6pp 4 1 7 1 2 1 83
f 1 t 3 2 1 e 4 8 b0 1s4 2z 5 d 3 9 7 a 2 1 2 1 31c 71 3 c4 6 n f h 2n 38 1o 6u a 13 2 1c 1 b 5 3
m 2 7 u 4 1p l 1u 3 1 3e k c k c 2f 9 p 3r 2d 1 1z 1 2 2 1 2 2 2 4 1 c 1 1 1 7 1 1t 1 4 2 8 1 7 1
s 1 4 1 5 1 1 3 7 1 9g 2 84 2 fm 1j 4 1e 8 1 e 1 7 vo v 6 6 79 1q 42 19 a 7 2 a 4 2 8w u i 18 4 a
5 1 cw s 4 a 5y u 2 b 4 1 5c v 1 3 1 2 1 7 2 5 9 2 68 7 1 4 1 2 1 f 1 5h 2 9 1c 1w 7 1 4 a 4 2 lt
1w 24 1p 5e 4 1 r 1 2 1 1 2 1 1 a 1 4 1 1 1 1 6 1 4 1 1 1 1 1 1 3 1 2 1 1 2 1 1 1 1 1 1 1 1 1 1 2
1 1 2 4 1 7 1 4 1 4 1 1 1 a 1 h 5 3 1 5 1 h 1g 2 7i 18 4 2s c f 2 f 1 f 1 11 a 4u 1k t d 18 4 9 7
2 e 6 4a rd 3 h 3 d 3 62 6 c 4 1 f c 4 1k 8 a 6 14 8 u 2 c 4 2 e 9 13 9k 8 e 2 d 3 b 3 1l 1 1 4 g
2 c 4 a 7 43 1 2v sl wyo w 3dq 2 4ge 2 5rl f ha 1wi f2 15u 3t7 5 6ju`);

/** Combining marks that can be seen: they need a character before them to stand on. */
const MARKS: Uint32Array = /* @__PURE__ */ bounds(`
lc 27 1 w 7n 7 7b 19 1 1 1 2 1 2 1 1 20 b 1c l g 1 2t 7 2 6 2 2 1 4 z 1 u r 2j b 1m 9 9 1 o 4 1 9
1 3 1 5 17 3 1n 9 16 o 1 x 1i 3 1 i 1 7 a 2 t 3 1k 1 1 7 2 2 2 3 9 1 a 2 q 1 2 3 1k 1 1 5 4 2 2 3
3 1 u 2 3 1 b 3 1k 1 1 8 1 3 1 3 k 2 m 6 1 3 1k 1 1 7 2 2 2 3 7 3 a 2 u 1 1n 5 3 3 1 4 9 1 14 5 1j
1 1 7 1 3 1 4 7 2 b 2 t 3 1k 1 1 7 1 3 1 4 7 2 b 2 f 1 c 4 1j 2 1 7 1 3 1 4 9 1 a 2 t 3 1y 1 4 6 1
1 1 8 i 2 1p 1 2 7 c 8 2q 1 2 9 b 7 21 2 r 1 1 1 1 1 4 2 1d k 1 2 5 b 1 10 9 1 2s k n 4 4 3 1 3 2
7 3 4 d c 1 1 a 4 jj 3 qa 4 s 3 t 2 u 2 1u u 9 1 4n 2 y 1 3a c 4 c 63 5 1l a 1 t 2 1 1c 1a 2 c k 5
1b h 12 9 c 3 u d 1k e 1c k 48 3 1 l 4 1 6 1 2 3 5i 1s k0 x 2da 3 3x 1 2o w fe 6 2x 2 n9w 4 1 a w
2 28 2 7k 1 3 1 4 1 n 5 4 1 2b 2 1e i q i d 1 12 8 p d 18 4 1b e 10 1 1v e c 1 8 2 19 3 1e 1 1 3 2
2 5 2 1 1 15 5 5 2 6k 8 1 2 fn4 1 ld g r1 1 6a 1 45 5 1ae 3 1 2 5 4 14 3 4 1 4l 2 fx 4 1t 5 8t 2
25 6 1y b 1d 4 3e 3 1h f 15 1 2 2 a 4 19 b 7 1 1p 3 10 e g 2 18 1 c 3 1c e 8 4 1 2 2k c 6 1 2 1 4d
c l 4 1j 2 1 7 2 2 2 3 9 1 a 2 2 7 3 5 1v 9 1 1 2 1 1 4 1 5 1 1 e 2 2a i n 1 29 k 6j 7 2 9 r 2 2a
h 2y d 2t f 74 f 6t 6 1 2 2 4 1 1 1 2 3x 7 2 7 3 1 s a 14 7 1 4 8 1 9 b 1a g 5i 8 5j 8 1 8 2a m 1
e 3e 6 3 1 1 2 1 7 1 1 1u 5 1 2 1 5 9n 4 9 2 1 1 1c 7 3 5 n 1 44l 1 6 f 8ug i 1xc 5 1n 7 t4 1 1 1j
7 4 2l 2 f57 2 3mp 1a 2 n f2 5 3 6 8 8 2 7 u 4 44 3 1iz 1j 4 1e 8 1 e 1 m 5 1 f 11s 7 1 h 2 7 1 2
1 5 2s 1 4g 7 af 1 1p 4 e4 4 72 2 6r 1 2 1 7 2 5 1 d6 7 31 7`);

/** True for a character that can be seen by itself. */
export function isShown(codePoint: number): boolean {
  return within(SHOWN, codePoint);
}

/** True for a combining mark that can be seen on the character before it. */
export function isMark(codePoint: number): boolean {
  return within(MARKS, codePoint);
}
