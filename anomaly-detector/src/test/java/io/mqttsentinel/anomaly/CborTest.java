package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CborTest {

  @ParameterizedTest // examples of RFC 8949, appendix A
  @ValueSource(
      strings = {
        "80",
        "83010203",
        "8301820203820405",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
        "a0",
        "a201020304",
        "a26161016162820203",
        "826161a161626163",
        "c11a514b67b0",
        "d74401020304",
        "9fff",
        "9f018202039f0405ffff",
        "bf61610161629f0203ffff",
        "825f42010243030405ff01",
        "83f97e00fbc010666666666666f6"
      })
  void takesWellFormedMapsAndArrays(String hex) {
    assertTrue(isWellFormed(hex));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "01",
        "6161",
        "8301",
        "830102030405",
        "a20102",
        "9f01",
        "bf01ff",
        "9e01",
        "5f01ff",
        "81ff",
        "81f801",
        "81fc",
        "9bffffffffffffffff",
        "bbffffffffffffffff",
        "815bffffffffffffffff"
      })
  void refusesTheRest(String hex) {
    assertFalse(isWellFormed(hex));
  }

  @Property(tries = 2000)
  void hostileBytesEnd(@ForAll byte[] bytes) {
    Cbor.isWellFormed(bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {33, 100_000})
  void depthIsBounded(int depth) {
    assertFalse(isWellFormed("81".repeat(depth) + "01"));
  }

  private static boolean isWellFormed(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return Cbor.isWellFormed(bytes, 0, bytes.length);
  }
}
