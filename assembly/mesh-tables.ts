/** The tables of a level: plans of its transforms, the twist of its rows, and what undoes the splines' blur. */

import { frequencies, planFft } from "./fft";
import { cosTurn, sinTurn } from "./fft-angle";
import { FFT_X, FFT_Y, MX, MY, SHARPEN_X, SHARPEN_Y, TABLES, TWIST } from "./mesh-plan";

/** Fills the tables for MX and MY; they take 16 floats for every point of the longest axis, at TABLES. */
export function planLevel(level: usize): void {
  const across = load<u32>(level, MX);
  const down = load<u32>(level, MY);
  const half = across >> 1;
  let at: usize = load<usize>(level, TABLES);
  const frequencyX = at + (half << 3);
  planFft(level + FFT_X, half, at, frequencyX);
  at = frequencyX + (half << 2);
  const frequencyY = at + (down << 3);
  planFft(level + FFT_Y, down, at, frequencyY);
  at = frequencyY + (down << 2);

  store<u32>(level, <u32>at, TWIST);
  for (let i: u32 = 0; i < half; i++, at += 8) {
    store<f32>(at, <f32>cosTurn(i, 2 * across));
    store<f32>(at + 4, <f32>sinTurn(i, 2 * across));
  }
  store<u32>(level, <u32>at, SHARPEN_X);
  for (let place: u32 = 0; place < half; place++, at += 4) {
    const frequency = load<u32>(frequencies(level + FFT_X) + (place << 2));
    store<f32>(at, sharpening(4 * frequency + 1, 2 * across));
  }
  store<u32>(level, <u32>at, SHARPEN_Y);
  for (let place: u32 = 0; place < down; place++, at += 4) {
    store<f32>(at, sharpening(load<u32>(frequencies(level + FFT_Y) + (place << 2)), down));
  }
}

/** 1 / b^2 at frequency a / b of a turn per point: the cubic B-spline's b = (2 + cos) / 3, at spread and gather. */
function sharpening(a: u32, b: u32): f32 {
  const blur = (2 + cosTurn(a, b)) / 3;
  return <f32>(1 / (blur * blur));
}
