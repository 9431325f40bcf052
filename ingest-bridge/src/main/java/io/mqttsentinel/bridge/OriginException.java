package io.mqttsentinel.bridge;

import org.eclipse.paho.mqttv5.common.MqttException;

/** The origin is not reached or refuses; the message says where and why. */
final class OriginException extends Exception {

  OriginException(String message) {
    super(message);
  }

  OriginException(String message, Throwable cause) {
    super(message, cause);
  }

  static OriginException of(OriginAddress address, Throwable failure) {
    return new OriginException("%s: %s".formatted(address, text(failure)), failure);
  }

  /** Paho's messages say little: the cause, or the reason code of the origin, say more. */
  static String text(Throwable failure) {
    if (failure.getCause() != null) {
      Throwable cause = failure.getCause();
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return cause.toString();
    }
    if (failure instanceof MqttException mqtt && isFromOrigin(mqtt.getReasonCode())) {
      return "refused with reason code 0x%02X %s"
          .formatted(mqtt.getReasonCode(), hint(mqtt.getReasonCode()));
    }
    return String.valueOf(failure.getMessage());
  }

  /** Codes of MQTT 5.0, table 3-1; Paho's own ones are larger. */
  private static boolean isFromOrigin(int code) {
    return code >= 0x80 && code <= 0xA2;
  }

  private static String hint(int code) {
    return switch (code) {
      case 0x84 -> "(unsupported protocol version: the bridge speaks MQTT 5)";
      case 0x85 -> "(client identifier not valid: see sentinel.bridge.client-id)";
      case 0x86 -> "(bad user name or password: see sentinel.bridge.username and .password)";
      case 0x87 -> "(not authorized)";
      case 0x88, 0x89 -> "(the origin is busy)";
      default -> "";
    };
  }
}
