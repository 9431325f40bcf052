package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.edge.AuthTemplate.Place;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AuthTemplateTest {

  @Property
  void whatIsFilledInComesOutTheSame(@ForAll String name) {
    Assume.that(StandardCharsets.UTF_8.newEncoder().canEncode(name));
    Assume.that(!name.equals(".") && !name.equals(".."));
    ConnectAttempt attempt = Attempts.of("c", name, "p");
    String url =
        "http://h"
            + AuthTemplate.of("/u/{username}/end", Place.PATH).fill(attempt)
            + AuthTemplate.of("?a={username}&b=1", Place.QUERY).fill(attempt);
    URI uri = URI.create(url);
    assertEquals("/u/" + name + "/end", uri.getPath());
    assertEquals(3, uri.getRawPath().split("/", -1).length - 1);
    assertEquals(2, uri.getRawQuery().split("&", -1).length);
    assertEquals(
        name,
        URLDecoder.decode(
            uri.getRawQuery().substring(2).split("&", -1)[0], StandardCharsets.UTF_8));
    String header = AuthTemplate.of("{username}", Place.HEADER).fill(attempt);
    assertTrue(header.chars().allMatch(c -> c > ' ' && c < 0x7f), header);
  }

  @Example
  void bothWaysToWriteAPlaceholder() {
    assertEquals(
        "c:u:192.0.2.7:",
        AuthTemplate.of("{clientid}:${username}:{peerhost}:{cert_common_name}", Place.TEXT)
            .fill(Attempts.of("c", "u", "p")));
  }

  @Example
  void placeholderThatDoesNotExistIsNamed() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> AuthTemplate.of("{client}", Place.TEXT))
            .getMessage();
    assertTrue(message.contains("{client}"), message);
  }

  @Example
  void whatIsFilledInIsNotReadAsATemplate() {
    assertEquals(
        "{password}",
        AuthTemplate.of("{username}", Place.TEXT).fill(Attempts.of("c", "{password}", "p")));
  }
}
