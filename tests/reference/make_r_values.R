# Makes r_values.json: Rscript make_r_values.R > r_values.json
#
# Restricted cubic splines by Hmisc::rcspline.eval, logistic regressions by glm, elastic nets by
# glmnet. The data are multiples of 1/64 from the generator of Park and Miller, so that they are
# the same numbers everywhere.

suppressMessages({
  library(Hmisc)
  library(glmnet)
  library(jsonlite)
})

state <- 20260
uniform <- function(n) {
  drawn <- numeric(n)
  for (i in seq_len(n)) {
    state <<- (16807 * state) %% 2147483647
    drawn[i] <- state / 2147483647
  }
  drawn
}
sixtyfourths <- function(x) round(64 * x) / 64

n <- 80
age <- sixtyfourths(40 + 50 * uniform(n))
glucose <- sixtyfourths(4 + 12 * uniform(n)^3)
female <- as.numeric(uniform(n) < 0.4)
event <- as.numeric(uniform(n) < plogis(-1 + 0.05 * (age - 65) + 0.2 * (glucose - 7) - 0.5 * female))
weight <- floor(4 * uniform(n))
table <- cbind(age, glucose, female)

knots <- list(
  three = c(45, 62.5, 88),
  four = c(43.5, 58.25, 71.75, 86.5),
  five = c(42, 55, 65.5, 74, 87.25),
  seven = c(41, 47.5, 55, 64, 72.5, 80, 88.75)
)
points <- c(30, 41, 45, 50.5, 58.25, 65.5, 71.75, 80, 87.25, 95, 120)
splines <- lapply(knots, function(k) {
  list(knots = k, terms = unname(rcspline.eval(points, knots = k, norm = 2)))
})

tight <- glm.control(epsilon = 1e-14, maxit = 100)
plain <- glm(event ~ table, family = binomial, weights = weight, control = tight)
curved <- glm(
  event ~ table + rcspline.eval(age, knots = knots$four, norm = 2),
  family = binomial, weights = weight, control = tight
)

# glmnet minimises mean loss + lambda * penalty, where C times the sum of losses + penalty is asked.
net <- function(C, l1_ratio) {
  lambda <- 1 / (C * sum(weight))
  fit <- glmnet(
    table, event, family = "binomial", weights = weight, alpha = l1_ratio,
    lambda = lambda * c(100, 30, 10, 3, 1), standardize = TRUE, thresh = 1e-20, maxit = 1e7
  )
  c(unname(as.matrix(coef(fit, s = lambda))))
}

values <- list(
  made_with = list(
    R = as.character(getRversion()),
    Hmisc = as.character(packageVersion("Hmisc")),
    glmnet = as.character(packageVersion("glmnet"))
  ),
  age = age, glucose = glucose, female = female, event = event, weight = weight,
  spline_points = points,
  splines = splines,
  glm = unname(coef(plain)),
  glm_spline = list(knots = knots$four, coefficients = unname(coef(curved))),
  elastic_net = list(
    list(C = 0.5, l1_ratio = 0.5, coefficients = net(0.5, 0.5)),
    list(C = 0.05, l1_ratio = 0.9, coefficients = net(0.05, 0.9)),
    list(C = 0.2, l1_ratio = 0, coefficients = net(0.2, 0)),
    list(C = 0.1, l1_ratio = 1, coefficients = net(0.1, 1))
  )
)
cat(toJSON(values, digits = I(17), auto_unbox = TRUE, pretty = FALSE), "\n")
