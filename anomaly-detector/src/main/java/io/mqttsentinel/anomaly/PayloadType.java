package io.mqttsentinel.anomaly;

/** What kind of bytes a payload is, and its place in a stored profile. */
enum PayloadType {
  /** Too short to tell. */
  SHORT(0),
  JSON(1),
  TEXT(2),
  /** Compressed, media, CBOR: what tells itself what it is. */
  KNOWN(3),
  BINARY(4);

  static final int COUNT = values().length;

  private static final int LEAST = 8;
  private static final int MOST = 4096;

  private final int place;

  PayloadType(int place) {
    this.place = place;
  }

  int place() {
    return place;
  }

  /** By its first four kilobytes. */
  static PayloadType of(byte[] payload) {
    if (payload.length < LEAST) {
      return SHORT;
    }
    if (isText(payload, Math.min(payload.length, MOST))) {
      return isBracketed(payload) ? JSON : TEXT;
    }
    return KnownFormat.matches(payload, 0, payload.length) ? KNOWN : BINARY;
  }

  private static boolean isText(byte[] data, int to) {
    int following = 0;
    for (int i = 0; i < to; i++) {
      int b = data[i];
      if (b < 0) {
        if ((b & 0xc0) == 0x80) {
          if (--following < 0) {
            return false;
          }
          continue;
        }
        if (following > 0 || (b & 0xff) < 0xc2 || (b & 0xff) > 0xf4) {
          return false;
        }
        following = (b & 0xff) < 0xe0 ? 1 : (b & 0xff) < 0xf0 ? 2 : 3;
      } else if (following > 0 || (b < ' ' && b != '\n' && b != '\r' && b != '\t') || b == 127) {
        return false;
      }
    }
    return following == 0 || to < data.length;
  }

  private static boolean isBracketed(byte[] data) {
    int from = 0;
    int to = data.length - 1;
    while (from < to && data[from] <= ' ') {
      from++;
    }
    while (to > from && data[to] <= ' ') {
      to--;
    }
    return (data[from] == '{' && data[to] == '}') || (data[from] == '[' && data[to] == ']');
  }
}
