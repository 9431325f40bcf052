package io.mqttsentinel.authverifier;

import io.mqttsentinel.runtime.ServiceMain;

/** Verifies that each message comes from a session that may send it. */
public final class AuthVerifierApplication {

  static final String SERVICE = "auth-verifier";

  private AuthVerifierApplication() {}

  public static void main(String[] args) {
    ServiceMain.run(SERVICE, AuthVerifierApplication.class, args);
  }
}
