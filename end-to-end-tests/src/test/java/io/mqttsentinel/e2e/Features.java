package io.mqttsentinel.e2e;

/** What these tests may ask of the product. */
final class Features {

  static final int HIGHEST_QOS = 2;

  private Features() {}
}
