package io.github.txt2lora.mlflow;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.PublicAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;

/**
 * The address of an MLflow tracking server, and how to log in.
 *
 * @param address begins with {@code http://} or {@code https://}, without user, query and fragment
 * @param token for {@code Authorization: Bearer}; empty for none
 * @param login name and password; empty for none
 */
public record MlflowServer(URI address, Optional<String> token, Optional<Login> login) {

    private static final String ADDRESS = "MLFLOW_TRACKING_URI";
    private static final String TOKEN = "MLFLOW_TRACKING_TOKEN";
    private static final String USER = "MLFLOW_TRACKING_USERNAME";
    private static final String PASSWORD = "MLFLOW_TRACKING_PASSWORD";

    /**
     * Name and password of a user.
     *
     * @param user the name
     * @param password in plain text
     */
    public record Login(String user, String password) {

        /** Rejects null. */
        public Login {
            Check.given("user", user);
            Check.given("password", password);
        }

        /** The name without the password. */
        @Override
        public String toString() {
            return user;
        }
    }

    /**
     * Checks the address.
     *
     * @throws InvalidSettingException if it is none of a web server, or if there are both a token and a login
     */
    public MlflowServer {
        Check.given("address", address);
        Check.given("token", token);
        Check.given("login", login);
        boolean isWeb = "http".equalsIgnoreCase(address.getScheme()) || "https".equalsIgnoreCase(address.getScheme());
        if (!isWeb || address.getHost() == null) {
            throw InvalidSettingException.of(
                    "address", PublicAddress.of(address), "a web address such as http://localhost:5000");
        }
        if (address.getRawUserInfo() != null || address.getRawQuery() != null || address.getRawFragment() != null) {
            throw InvalidSettingException.of(
                    "address",
                    PublicAddress.of(address),
                    "an address without user, query and fragment; give name and password by withLogin");
        }
        if (token.isPresent() && login.isPresent()) {
            throw new InvalidSettingException("token and login are both set; expected one of them");
        }
    }

    /**
     * A server that asks for no login.
     *
     * @throws InvalidSettingException if the address is none of a web server
     */
    public static MlflowServer at(URI address) {
        return new MlflowServer(address, Optional.empty(), Optional.empty());
    }

    /**
     * The server that the environment names, as MLflow's own clients find it: {@code MLFLOW_TRACKING_URI}, and
     * {@code MLFLOW_TRACKING_TOKEN} or {@code MLFLOW_TRACKING_USERNAME} with {@code MLFLOW_TRACKING_PASSWORD}.
     *
     * @throws InvalidSettingException if the environment names no server, or its address is none of a web server
     */
    public static MlflowServer fromEnvironment() {
        return from(System.getenv());
    }

    static MlflowServer from(Map<String, String> environment) {
        String address = environment.getOrDefault(ADDRESS, "").strip();
        if (address.isEmpty()) {
            throw new InvalidSettingException(ADDRESS + " is not set; expected the address of an MLflow server in it,"
                    + " such as http://localhost:5000");
        }
        MlflowServer server;
        try {
            server = at(new URI(address));
        } catch (URISyntaxException e) {
            throw InvalidSettingException.of(
                    ADDRESS, PublicAddress.of(address), "a web address such as http://localhost:5000");
        }
        String token = environment.getOrDefault(TOKEN, "");
        String user = environment.getOrDefault(USER, "");
        if (!token.isEmpty()) {
            return server.withToken(token);
        }
        return user.isEmpty() ? server : server.withLogin(user, environment.getOrDefault(PASSWORD, ""));
    }

    /** The same with this token. */
    public MlflowServer withToken(String newToken) {
        return new MlflowServer(address, Optional.of(Check.given("token", newToken)), login);
    }

    /** The same with this name and password. */
    public MlflowServer withLogin(String user, String password) {
        return new MlflowServer(address, token, Optional.of(new Login(user, password)));
    }

    /** The address without a slash at its end. */
    String root() {
        String text = address.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** The address without secrets. */
    @Override
    public String toString() {
        return root();
    }
}
