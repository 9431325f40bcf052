package io.mqttsentinel.allinone;

import java.security.SecureRandom;

/** What a client logs in with; the password is made anew at each start. */
public record Login(String username, String password) {

  private static final SecureRandom RANDOM = new SecureRandom();
  // Without characters that a shell or a reader could mistake: 0 and O, 1 and l, quotes.
  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int PASSWORD_LENGTH = 16;

  /** A login with a random password of 80 bits. */
  public static Login generate(String username) {
    StringBuilder password = new StringBuilder(PASSWORD_LENGTH);
    for (int i = 0; i < PASSWORD_LENGTH; i++) {
      password.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return new Login(username, password.toString());
  }

  /** Without the password: this text may reach a log. */
  @Override
  public String toString() {
    return "Login[username=%s]".formatted(username);
  }
}
