package io.mqttsentinel.anomaly;

/** Whether bytes are one map or array of CBOR from the first to the last (RFC 8949, appendix C). */
final class Cbor {

  private static final int DEEPEST = 32;
  private static final int INDEFINITE = 31;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int SIMPLE = 7;
  private static final int BREAK = 0xff;

  private final byte[] data;
  private final int end;
  private int at;
  private boolean sound = true;

  private Cbor(byte[] data, int from, int to) {
    this.data = data;
    this.at = from;
    this.end = to;
  }

  static boolean isWellFormed(byte[] data, int from, int to) {
    if (from >= to) {
      return false;
    }
    int major = (data[from] & 0xff) >>> 5;
    if (major != ARRAY && major != MAP && major != TAG) {
      return false;
    }
    Cbor cbor = new Cbor(data, from, to);
    cbor.item(0);
    return cbor.sound && cbor.at == to;
  }

  private void item(int depth) {
    if (depth > DEEPEST || at >= end) {
      sound = false;
      return;
    }
    int head = data[at++] & 0xff;
    int major = head >>> 5;
    int info = head & 31;
    if (info == INDEFINITE) {
      untilBreak(major, depth);
      return;
    }
    long argument = argument(info);
    switch (major) {
      case BYTES, TEXT -> skip(argument);
      case ARRAY -> items(argument, depth);
      case MAP -> items(argument > Integer.MAX_VALUE ? -1 : 2 * argument, depth);
      case TAG -> item(depth + 1);
      case SIMPLE -> sound &= info != 24 || argument >= 32;
      default -> {
        // An integer is its head.
      }
    }
  }

  private long argument(int info) {
    if (info < 24) {
      return info;
    }
    int bytes = 1 << (info - 24);
    if (info > 27 || end - at < bytes) {
      sound = false;
      return 0;
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | (data[at++] & 0xff);
    }
    return value;
  }

  private void items(long count, int depth) {
    // Each item has a byte at least.
    sound &= count >= 0 && count <= end - at;
    for (long i = 0; sound && i < count; i++) {
      item(depth + 1);
    }
  }

  private void untilBreak(int major, int depth) {
    if (major < BYTES || major > MAP) {
      sound = false;
      return;
    }
    int count = 0;
    while (sound && at < end && (data[at] & 0xff) != BREAK) {
      boolean chunk = (data[at] & 0xff) >>> 5 == major;
      sound &= major > TEXT || chunk;
      item(depth + 1);
      count++;
    }
    sound &= at < end && (major != MAP || count % 2 == 0);
    at++;
  }

  private void skip(long length) {
    if (length < 0 || length > end - at) {
      sound = false;
      return;
    }
    at += (int) length;
  }
}
