package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;

/** Which class a client belongs to. */
final class ClientClass {

  private static final String ATTRIBUTE = "class";
  private static final int LONGEST = 32;

  private ClientClass() {}

  /**
   * What authentication granted as attribute {@code class}, or else the letters that the client id
   * begins with: {@code meter-0017} is a {@code meter}. Empty where it begins with none.
   */
  static String of(InspectedMessage message) {
    String granted = message.getAttributes().get(ATTRIBUTE);
    String name = granted == null ? prefix(message.getClientId()) : granted;
    if (name.isEmpty()) {
      return "";
    }
    return message.getSource() == MessageSource.ORIGIN ? "origin/" + name : name;
  }

  private static String prefix(String clientId) {
    int end = 0;
    while (end < clientId.length() && end < LONGEST && Character.isLetter(clientId.charAt(end))) {
      end++;
    }
    return clientId.substring(0, end);
  }
}
