package io.mqttsentinel.pattern;

/**
 * How far one field of a message is decoded.
 *
 * @param depth layers of encoding
 * @param views texts looked at beside the raw one
 * @param bytes of all these texts together
 */
record DecodeLimits(int depth, int views, int bytes) {

  static final DecodeLimits DEFAULT = new DecodeLimits(5, 48, 512 * 1024);
}
