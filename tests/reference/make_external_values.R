# Makes external_values.json: Rscript make_external_values.R > external_values.json
#
# Closed testing (Vergouwe 2017) by glm and pchisq; calibration by glm; DeLong's variance from its
# definition; the model-based C statistic over all pairs; entropy balancing by optim. The data are
# multiples of 1/64 from the generator of Park and Miller, the same numbers everywhere.

suppressMessages(library(jsonlite))

state <- 4099
uniform <- function(n) {
  drawn <- numeric(n)
  for (i in seq_len(n)) {
    state <<- (16807 * state) %% 2147483647
    drawn[i] <- state / 2147483647
  }
  drawn
}
sixtyfourths <- function(x) round(64 * x) / 64
tight <- glm.control(epsilon = 1e-15, maxit = 200)
n <- 600
X <- matrix(sixtyfourths(qnorm(uniform(3 * n))), n)
lp <- -0.75 + X %*% c(0.75, -0.5, 0.25)
lp <- as.numeric(lp)

one_test <- function(y) {
  fits <- list(
    intercept = glm(y ~ offset(lp), family = binomial, control = tight),
    slope = glm(y ~ lp, family = binomial, control = tight),
    refit = glm(y ~ X, family = binomial, control = tight)
  )
  loglik <- c(none = sum(y * lp - log1p(exp(lp))), sapply(fits, logLik))
  df <- c(4, 3, 2)
  p <- pchisq(2 * (loglik["refit"] - loglik[1:3]), df, lower.tail = FALSE)
  chosen <- c("none", "intercept", "slope", "refit")[which(c(p >= 0.05, TRUE))[1]]
  line <- coef(summary(fits$slope))
  large <- coef(summary(fits$intercept))
  list(
    y = y, loglik = as.numeric(loglik), degrees = df, p = as.numeric(p), chosen = chosen,
    intercept_only = large[1, 1], in_the_large_se = large[1, 2],
    line = as.numeric(line[, 1]), line_se = as.numeric(line[, 2]),
    refit = as.numeric(coef(fits$refit))
  )
}

draw <- function(truth) as.numeric(uniform(n) < plogis(truth))
tests <- list(
  right = one_test(draw(lp)),
  drifted = one_test(draw(lp + 0.75)),
  flatter = one_test(draw(0.5 * lp)),
  other = one_test(draw(-0.75 + as.numeric(X %*% c(-0.25, 0.5, 1))))
)

# DeLong from its definition, on the first of them
y <- tests$right$y
p <- plogis(lp)
kernel <- outer(p[y == 1], p[y == 0], function(a, b) (a > b) + 0.5 * (a == b))
v10 <- rowMeans(kernel)
v01 <- colMeans(kernel)
delong <- var(v10) / length(v10) + var(v01) / length(v01)

# Model-based C: all ordered pairs of two patients
right <- outer(p, p, function(a, b) (a > b) + 0.5 * (a == b))
pairs <- outer(p, 1 - p)
diag(pairs) <- 0
mbc <- sum(pairs * right) / sum(pairs)

# Entropy balancing to other moments: means and variances of three columns
target_mean <- c(0.25, -0.25, 0.125)
target_sd <- c(1.125, 0.875, 1)
Z <- sweep(sweep(X, 2, target_mean), 2, target_sd, "/")
M <- cbind(Z, Z^2 - 1)
dual <- function(t) { s <- as.numeric(M %*% t); m <- max(s); m + log(sum(exp(s - m))) }
slope_of <- function(t) {
  s <- as.numeric(M %*% t); w <- exp(s - max(s)); as.numeric(crossprod(M, w / sum(w)))
}
found <- optim(rep(0, 6), dual, slope_of, method = "BFGS",
               control = list(reltol = 1e-15, maxit = 1000))
w <- exp(as.numeric(M %*% found$par))
w <- w / mean(w)

cat(toJSON(list(
  X = X, lp = lp, tests = tests, auc = mean(kernel), auc_variance = delong, expected_auc = mbc,
  balancing = list(
    mean = target_mean, sd = target_sd, effective = sum(w)^2 / sum(w^2), first = w[1:5]
  )
), digits = NA, auto_unbox = TRUE))
