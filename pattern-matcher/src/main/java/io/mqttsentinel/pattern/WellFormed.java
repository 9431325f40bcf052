package io.mqttsentinel.pattern;

/** Characters beyond ASCII as UTF-8 writes them (RFC 3629, section 3). */
final class WellFormed {

  private WellFormed() {}

  /** How many bytes belong to the character that begins here, beside its first; 0 for none. */
  static int following(byte[] text, int at, int end) {
    int first = text[at] & 0xff;
    int count = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
    for (int i = 1; i <= count; i++) {
      if (at + i >= end || (text[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return count;
  }
}
