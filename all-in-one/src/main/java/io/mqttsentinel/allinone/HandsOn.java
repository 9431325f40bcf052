package io.mqttsentinel.allinone;

import java.util.List;

/** Addresses, credentials and commands to try it by hand. */
final class HandsOn {

  private static final String DEVICE = "dev-1";
  private static final String SENDER = "dev-2";

  private HandsOn() {}

  static List<String> lines(AllInOne laptop, String host) {
    Login device = laptop.authDatabase().addClient(DEVICE);
    Login sender = laptop.authDatabase().addClient(SENDER);
    Login customer = laptop.origin().addLogin("customer");
    ServiceGroup services = laptop.services();
    String edge = "-h %s -p %d".formatted(host, services.edgePort());
    String origin = "-h 127.0.0.1 -p %d %s".formatted(laptop.origin().port(), login(customer));
    String topic = "clients/%s/alerts".formatted(DEVICE);
    return List.of(
        "",
        "  dashboard        %s".formatted(services.http()),
        "  metrics, health  %1$s/prometheus  %1$s/health".formatted(services.http()),
        "  MQTT             tcp://%1$s:%2$d  ws://%1$s:%3$d/mqtt"
            .formatted(host, services.edgePort(), services.webSocketPort()),
        "  Kafka, registry  %s  %s".formatted(laptop.bootstrapServers(), laptop.registryUrl()),
        "",
        "Try it by hand (the passwords are new at each start). A device waits for its alerts:",
        "  mosquitto_sub %s -i %s %s -q 1 -t %s -v".formatted(edge, DEVICE, login(device), topic),
        "The origin sends one, which arrives, and one which does not but is on the dashboard:",
        "  mosquitto_pub %s -q 1 -t %s -m ALERT".formatted(origin, topic),
        "  mosquitto_pub %s -q 1 -t %s -m \"'; DROP TABLE users; --\"".formatted(origin, topic),
        "What devices send is inspected too:",
        "  mosquitto_pub %s -i %s %s -q 1 -t clients/%s/up -m '<script>alert(1)</script>'"
            .formatted(edge, SENDER, login(sender), SENDER),
        "");
  }

  private static String login(Login login) {
    return "-u %s -P %s".formatted(login.username(), login.password());
  }
}
