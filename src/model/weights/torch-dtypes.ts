/** A dtype of PyTorch by the name that safetensors gives it, and its bytes per value. */
export interface TorchDtype {
  readonly dtype: string;
  readonly bytes: number;
}

const of = (dtype: string, bytes: number): TorchDtype => ({ dtype, bytes });

/** `torch.float32` and so on. Types of less than a byte are not in the list. */
export const TORCH_DTYPES: ReadonlyMap<string, TorchDtype> = new Map([
  ["float64", of("F64", 8)],
  ["float32", of("F32", 4)],
  ["float16", of("F16", 2)],
  ["bfloat16", of("BF16", 2)],
  ["float8_e4m3fn", of("F8_E4M3", 1)],
  ["float8_e5m2", of("F8_E5M2", 1)],
  ["float8_e8m0fnu", of("F8_E8M0", 1)],
  ["float8_e4m3fnuz", of("F8_E4M3FNUZ", 1)],
  ["float8_e5m2fnuz", of("F8_E5M2FNUZ", 1)],
  ["int64", of("I64", 8)],
  ["int32", of("I32", 4)],
  ["int16", of("I16", 2)],
  ["int8", of("I8", 1)],
  ["uint64", of("U64", 8)],
  ["uint32", of("U32", 4)],
  ["uint16", of("U16", 2)],
  ["uint8", of("U8", 1)],
  ["bool", of("BOOL", 1)],
  ["complex32", of("C32", 4)],
  ["complex64", of("C64", 8)],
  ["complex128", of("C128", 16)],
  ["qint8", of("QINT8", 1)],
  ["quint8", of("QUINT8", 1)],
  ["qint32", of("QINT32", 4)],
]);

/** What the values of a storage are: `torch.FloatStorage` and so on. An untyped storage counts bytes. */
export const STORAGE_DTYPES: ReadonlyMap<string, TorchDtype> = new Map(
  [
    ["DoubleStorage", "float64"],
    ["FloatStorage", "float32"],
    ["HalfStorage", "float16"],
    ["BFloat16Storage", "bfloat16"],
    ["LongStorage", "int64"],
    ["IntStorage", "int32"],
    ["ShortStorage", "int16"],
    ["CharStorage", "int8"],
    ["ByteStorage", "uint8"],
    ["UntypedStorage", "uint8"],
    ["BoolStorage", "bool"],
    ["ComplexFloatStorage", "complex64"],
    ["ComplexDoubleStorage", "complex128"],
    ["QInt8Storage", "qint8"],
    ["QUInt8Storage", "quint8"],
    ["QInt32Storage", "qint32"],
  ].map(([storage, dtype]) => [storage!, TORCH_DTYPES.get(dtype!)!]),
);
